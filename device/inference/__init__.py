"""From one image of a credential to a `Reading`: all on the device, no network.

`base` holds the protocols and values, `tflite` the networks, `scripted` their stand-in; `reader`
joins the stages: detect, classify, rectify, quality, text boxes, recognition, MRZ, fields,
barcodes, attack score, cross-checks. `load` builds a reader from a folder of models.
"""
