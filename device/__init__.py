"""The capture station: kiosk, camera, recognition, sealed queue and delivery."""
