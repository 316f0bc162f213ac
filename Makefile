# The only commands to remember. Everything a command needs is set up by the command itself.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV ?= .venv
PYTHON ?= $(shell .ci/find-python)
TRAINING_VENV ?= .venv-training
PEERS_VENV ?= .venv-peers
SECOND_VENV ?= .venv-tflite-runtime
BIN := $(VENV)/bin
PY := $(BIN)/python
INSTALLED := $(VENV)/.installed-from-lock
TRAINING_INSTALLED := $(TRAINING_VENV)/.installed-from-lock
PEERS_INSTALLED := $(PEERS_VENV)/.installed-from-lock
SECOND_INSTALLED := $(SECOND_VENV)/.installed-from-lock
PACKAGES := domain wire audit device central provisioning training bench demo tests
ONCE ?= 0
SEED ?= 1
FRESH ?= 0

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-24s %s\n", $$1, $$2}'

.PHONY: demo
demo: $(INSTALLED) system-run ## the whole path on this machine; ONCE=1 ends by itself
	@ONCE=$(ONCE) SEED=$(SEED) $(PY) -m demo

.PHONY: kiosk
kiosk: $(INSTALLED) system-run ## a station to try by hand, with a replayed camera, until Ctrl-C
	@SEED=$(SEED) $(PY) -m demo.stand

.PHONY: portal
portal: $(INSTALLED) system-run ## the aspirante's portal with an invented process of 28,000 apoyos; FRESH=1 begins anew
	@FRESH=$(FRESH) $(PY) -m demo.portal

.PHONY: pictures
pictures: $(INSTALLED) system-run system-test ## take the pictures of the README from a running station; `manuals` has the portal's
	@$(PY) -m demo.screens --readme

.PHONY: screens
screens: $(INSTALLED) system-run system-test ## a picture of every screen of the kiosk, into var/screens
	@$(PY) -m demo.screens $(ARGS)

.PHONY: manuals
manuals: $(INSTALLED) system-run system-test ## take the pictures of the manuals and make their PDFs
	@$(PY) -m demo.manuals
	@$(PY) -m central.manuals

.PHONY: test
test: $(INSTALLED) system-test ## every test: SQLite, PostgreSQL and Chromium included
	$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

.PHONY: test-tflite-runtime
test-tflite-runtime: $(INSTALLED) $(SECOND_INSTALLED) system-run ## read the same frames with the second lock set and compare
	$(PY) -m bench.golden write
	$(SECOND_VENV)/bin/python -m bench.golden compare

.PHONY: check
check: $(INSTALLED) system-test ## style, types, arrows of the imports and guards
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PY) -m pytest -q tests/guards

.PHONY: format
format: $(INSTALLED) ## bring every file into the common form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: lock
lock: $(INSTALLED) ## resolve the requirements again: exact versions with their hashes
	PATH="$(abspath $(BIN)):$$PATH" .ci/lock

.PHONY: migration
migration: $(INSTALLED) ## write the next database migration; NAME="what it does"
	@test -n "$(NAME)" || { echo 'usage: make migration NAME="what it does"' >&2; exit 2; }
	$(PY) .ci/migration.py "$(NAME)"

.PHONY: translations
translations: $(INSTALLED) ## collect, merge and compile the Spanish catalogues of portal and kiosk
	.ci/translations $(BIN)

.PHONY: bench-reading
bench-reading: $(INSTALLED) system-run ## read unseen synthetic frames and print the table of results
	$(PY) -m bench.reading $(ARGS)

.PHONY: bench-finding
bench-finding: $(INSTALLED) system-run ## find the card in unseen synthetic frames: corners, side, turn, model, what is none
	$(PY) -m bench.finding $(ARGS)

.PHONY: bench-peers
bench-peers: $(INSTALLED) $(PEERS_INSTALLED) system-run ## the independent frames, read by us and by other readers
	@.ci/system-packages render
	$(PY) -m bench.reading --set independent --peers rapidocr tesseract passporteye \
		--peers-python $(PEERS_VENV)/bin/python $(ARGS)

.PHONY: bench-gate
bench-gate: $(INSTALLED) system-run ## how well the quality gate tells readable pictures from others, fault by fault
	$(PY) -m bench.gate $(ARGS)

.PHONY: fuzz-images
fuzz-images: $(INSTALLED) ## 20,000 damaged images through the reader, after the odd ones
	ACOPIO_FUZZ_EXAMPLES=20000 $(PY) -m pytest tests/unit/device/inference/test_fuzz_images.py

.PHONY: bench-speed
bench-speed: $(INSTALLED) system-run ## where a reading's time goes, the networks' arithmetic, memory and start
	OMP_NUM_THREADS=1 $(PY) -m bench.speed $(ARGS)

.PHONY: bench-attacks
bench-attacks: $(INSTALLED) system-run ## how often copies pass for credentials, and credentials for copies (ISO/IEC 30107-3)
	$(PY) -m bench.attacks $(ARGS)

.PHONY: bench-kiosk
bench-kiosk: $(INSTALLED) system-run ## how long a visit takes, the preview, and memory over 500 captures
	$(PY) -m bench.kiosk $(ARGS)

.PHONY: monkey
monkey: $(INSTALLED) system-test ## 10,000 random taps and keys on the kiosk; SEED=n
	ACOPIO_MONKEY_ACTIONS=10000 ACOPIO_MONKEY_SEED=$(SEED) $(PY) -m pytest -s --log-cli-level=INFO \
		tests/integration/kiosk/test_monkey.py 2>&1 | grep -v werkzeug

.PHONY: bench-faces
bench-faces: $(INSTALLED) ## judge invented live photos and print the table of results
	$(PY) -m bench.faces $(ARGS)

.PHONY: bench-update
bench-update: $(INSTALLED) ## 200 interrupted updates with the real gate: one whole slot after each, no apoyo lost
	$(PY) -m bench.updates $(ARGS)

.PHONY: bench-reports
bench-reports: $(INSTALLED) system-test ## every page of the portal over a million apoyos on PostgreSQL
	$(PY) -m bench.reports $(ARGS)

.PHONY: bench-fleet
bench-fleet: $(INSTALLED) system-test ## the stations' pages with 1,000 stations on PostgreSQL, and a hello's cost
	$(PY) -m bench.fleet $(ARGS)

.PHONY: bench-exports
bench-exports: $(INSTALLED) system-test ## reports as files over a million apoyos: seconds and memory
	$(PY) -m bench.exports $(ARGS)

.PHONY: proof-units
proof-units: system-test ## try thirty forbidden acts inside every unit, with a systemd of its own (root, 15 seconds)
	@mkdir -p var && python3 systemd/proof/private_systemd.py > var/proof-units.json

.PHONY: station-vm
station-vm: $(INSTALLED) system-run ## a whole station in an emulator: built, used, cut off 100 times (hours; root); ARGS="--cuts N"
	@.ci/system-packages vm
	@$(PY) -m bench.station_vm $(ARGS)

.PHONY: station-vm-short
station-vm-short: $(INSTALLED) system-run ## the same with one visit and one power cut (root)
	@.ci/system-packages vm
	@$(PY) -m bench.station_vm --short $(ARGS)

.PHONY: real-install
real-install: $(INSTALLED) system-run ## a fresh Debian, every step twice, then what the station says of itself; ARGS="--arch arm64" (root)
	@.ci/system-packages install
	$(PY) -m bench.install $(ARGS)

.PHONY: setup
setup: $(INSTALLED) ## only the virtual environment, from the lock
.PHONY: setup-training
setup-training: $(TRAINING_INSTALLED) ## the environment of the trainings (several GB)
.PHONY: peers
peers: $(PEERS_INSTALLED) ## the environment of the readers we are compared with

TRAIN = OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0 $(TRAINING_VENV)/bin/python -u -m training

.PHONY: train-pool
train-pool: $(TRAINING_INSTALLED) ## render and photograph the cards that every training reads
	$(TRAIN).pool --seed 1 --count 2000
	$(TRAIN).pool --seed 2 --count 1400 --out training/work/pool-photographed
	$(TRAIN).photographs --pool training/work/pool-photographed --seed 2 --count 1300

.PHONY: train-card-detector
train-card-detector: train-pool ## train, export and describe the card detector (100 minutes)
	$(TRAIN).card_detector scenes --seed 1
	$(TRAIN).card_detector train --seed 1 --minutes 25
	$(TRAIN).card_detector tune --seed 2 --minutes 16
	$(TRAIN).card_detector scenes --seed 4 --count 5000
	$(TRAIN).card_detector views --seed 3 --count 600
	$(TRAIN).card_detector tune --seed 4 --minutes 45
	$(TRAIN).card_detector export

.PHONY: train-card-classifier
train-card-classifier: train-pool ## train, export and describe the card classifier (40 minutes)
	$(TRAIN).card_classifier train --seed 1 --minutes 9
	$(TRAIN).card_classifier tune --seed 3 --minutes 30 --cards 1200
	$(TRAIN).card_classifier export

.PHONY: train-presentation-attack
train-presentation-attack: train-pool $(INSTALLED) ## photograph, train, leave kinds out, and export the attack judge (90 minutes)
	@.ci/system-packages independent
	$(TRAIN).presentation_attack scenes --seed 1 --count 2000
	$(TRAIN).presentation_attack train --seed 1 --minutes 16
	for kind in photocopy screen print pasted template laminated; do \
		$(TRAIN).presentation_attack leave-out $$kind --seed 1 --minutes 2.5 || exit; done
	for level in easy medium hard; do \
		$(PY) -m bench.independent --out training/work/strangers-4011-$$level --seed 4011 --count 40 --difficulty $$level && \
		$(PY) -m bench.independent --out training/work/strangers-20261127-$$level --seed 20261127 --count 56 --difficulty $$level || exit; done
	$(TRAIN).presentation_attack export --strangers training/work/strangers-*

.PHONY: train-text-detector
train-text-detector: train-pool ## train, export and describe the text detector (35 minutes)
	$(TRAIN).text_detector sheets --seed 1
	$(TRAIN).text_detector train --seed 1 --minutes 20
	$(TRAIN).text_detector tune --seed 2 --minutes 12
	$(TRAIN).text_detector export

.PHONY: train-text-recogniser
train-text-recogniser: train-pool ## train, export and describe the text recogniser (two hours and a half)
	$(TRAIN).text_recogniser all --seed 1

.PHONY: train-code-sharpener
train-code-sharpener: $(TRAINING_INSTALLED) ## train, export and describe the code sharpener (35 minutes)
	$(TRAIN).code_sharpener train --seed 1 --minutes 30
	$(TRAIN).code_sharpener export

.PHONY: clean
clean: ## remove what the commands made, except virtual environments and training work
	rm -rf var build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache ./*.egg-info

.PHONY: system-run system-test
system-run:
	@.ci/system-packages run
system-test:
	@.ci/system-packages run test

$(INSTALLED): requirements/dev.txt pyproject.toml
	@.ci/system-packages python
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements/dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index --editable .
	@touch $@

$(TRAINING_INSTALLED): requirements/training.txt
	@.ci/system-packages python
	test -x $(TRAINING_VENV)/bin/python || $(PYTHON) -m venv $(TRAINING_VENV)
	$(TRAINING_VENV)/bin/python -m pip install --quiet --require-hashes --requirement requirements/training.txt
	@touch $@

$(PEERS_INSTALLED): requirements/peers.txt
	@.ci/system-packages python peers
	test -x $(PEERS_VENV)/bin/python || $(PYTHON) -m venv $(PEERS_VENV)
	$(PEERS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements/peers.txt
# Python 3.11 alone has wheels of tflite-runtime.
$(SECOND_INSTALLED): requirements/station-tflite-runtime.txt
	@.ci/system-packages python
	test -x $(SECOND_VENV)/bin/python || python3.11 -m venv $(SECOND_VENV)
	$(SECOND_VENV)/bin/python -m pip install --quiet --require-hashes --no-deps --requirement requirements/station-tflite-runtime.txt
	@touch $@
