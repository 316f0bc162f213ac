"""The text detector: where the printed segments of a rectified card are."""
