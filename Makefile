# The Loss Book: everything you do with it, by one word. `make` alone lists the targets.

PYTHON  ?= python3
export CHAPTER ?=
export CHAPTERS ?=
export SEED ?=
export SOLUTIONS ?= yes
$(if $(filter-out yes no,$(SOLUTIONS)),$(error SOLUTIONS must be yes or no; got $(SOLUTIONS)))
VENV    := .venv
BIN     := $(VENV)/bin

# One thread each: stored outputs are compared digit for digit, and the tests run in two processes.
export OMP_NUM_THREADS := 1

SHELL := bash
# In a container the only user is often root, whom JupyterLab refuses unless it is told.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help book serve test lab edit course outputs tidy changes bench weigh mutants lowest locks release clean site

help: ## List the targets
	@echo "The Loss Book. Targets:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-9s %s\n", $$1, $$2 }'

book: site ## Build the site into _build/html (a warning is an error); SOLUTIONS=no for one without solutions
	@cat _build/still.txt
	@echo "The book is built. Open it in a browser: file://$(CURDIR)/$(SITE)/index.html"

serve: site ## Build the site and serve it on this machine, at an address it tells you
	@cat _build/still.txt
	@echo "Serving the book; press Ctrl-C to stop."
	@$(BIN)/python -u -m http.server 0 --bind 127.0.0.1 --directory $(SITE)

test: $(VENV)/.test-installed ## Run every check: style, tests, notebooks, site, browser
	@LOSSBOOK_FRAMES=1 $(BIN)/python tests/run.py

# Each is a command of lossbook.notebooks, too, which says what to open, or why there is nothing to open.
lab: $(VENV)/.test-installed ## Open your own copies of the chapters in JupyterLab: all, or CHAPTER=15
	$(open_in_jupyterlab)

edit: $(VENV)/.test-installed ## Open the book's own notebooks in JupyterLab, for authors: all, or CHAPTER=15
	$(open_in_jupyterlab)

define open_in_jupyterlab
	@path="$$($(BIN)/python -m lossbook.notebooks $@ -- "$$CHAPTER")" && $(BIN)/jupyter lab $(AS_ROOT) "$$path"
endef

# The names are words, and split as such; nothing in them is for the shell.
course: $(VENV)/.book-installed ## Make what you hand out and grade with: all chapters, or CHAPTERS="02 15"; SEED=7 draws variants
	@set -f; $(BIN)/python -m lossbook.course $${SEED:+--seed "$$SEED"} -- $$CHAPTERS

outputs: $(VENV)/.test-installed ## Run the notebooks again and store their outputs: all, or CHAPTER=15
	@$(BIN)/python -m lossbook.notebooks outputs -- "$$CHAPTER"

tidy: $(VENV)/.book-installed ## Bring notebooks that JupyterLab saved into their stored form, without running them
	@$(BIN)/python -m lossbook.notebooks tidy -- "$$CHAPTER"

changes: $(VENV)/.book-installed ## Show what changed in the notebooks, for a reader of text: all, or CHAPTER=15
	@$(BIN)/python -m lossbook.notebooks changes -- "$$CHAPTER"

bench: $(VENV)/.test-installed ## Race the library against its best-known peers: all, or ONLY=huber
	@$(BIN)/python benchmarks/bench.py $(ONLY)

# npm fetches Lighthouse; where it is not, sizes alone are told. The scores depend on what else the machine does.
weigh: site ## Weigh every page, and judge it with Lighthouse: all, or ONLY=chapters/15_huber
	@mkdir -p _build/weigh && cp tools/package.json _build/weigh/
	@if command -v npm > /dev/null; then \
		npm install --prefix _build/weigh --no-package-lock --no-audit --no-fund --silent || true; fi
	@$(BIN)/python tools/weigh.py --lighthouse _build/weigh --runs $(or $(RUNS),1) $(ONLY)

# What mutmut makes of the formulas, and with which tests, stands in pyproject.toml.
mutants: $(VENV)/.test-installed ## Which mistakes would the tests not see? All formulas, or ONLY=regression
	@$(BIN)/mutmut run $(if $(ONLY),'lossbook.$(ONLY).*') && $(BIN)/mutmut results

release: $(VENV)/.test-installed ## Pack the site, and the package as wheel and sdist, into dist/
	@$(BIN)/python tools/release.py

clean: ## Remove what was built (the environment, your copies and your course stay)
	rm -rf _build mutants .lowest .pytest_cache .ruff_cache .hypothesis build *.egg-info
	find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	find . \( -name .venv -o -name my-copies -o -name my-course \) -prune -o -name .ipynb_checkpoints -type d -prune -exec rm -rf {} +

# ---- The site ------------------------------------------------------------------------------------------------

# A page's stored form depends on the code and settings that made it, and Sphinx does not see those change.
SITE_CODE := $(shell find lossbook/site lossbook/figures/engine lossbook/notebooks lossbook/course lossbook/exercises \
	requirements/book.txt -type f -not -name '*.pyc' 2>/dev/null)

_build/.site-code: $(SITE_CODE)
	@mkdir -p _build && rm -f _build/.succeeded* && touch $@

# What Sphinx says goes to a file, uncolored; the page at work is shown, or each phase where this is no terminal.
SHOW_PROGRESS = awk -v terminal="$$(test -t 2 && echo yes)" \
	'{ gsub(/\033\[[0-9;]*m/, ""); print > "_build/build.log" } \
	/^(reading sources|writing output)\.\.\. \[/ { \
		if (terminal) printf "\r\033[K  %s", $$0; else if ($$1 != phase) print "  " $$1 " " $$2; phase = $$1; fflush() } \
	END { if (terminal) printf "\r\033[K" }'

# The site is built in a folder of its own, the pages that changed, and takes the last one's place when it is whole.
# After a build that failed or was stopped, the next one would skip the pages that warned, and pass: it begins anew.
# A site without solutions has folders of its own, in which no file of one with them can be left.
KIND := $(if $(filter no,$(SOLUTIONS)),-without-solutions)
SITE := _build/html$(KIND)
STAGE := _build/stage$(KIND)
SUCCEEDED := _build/.succeeded$(KIND)
BUILD = $(BIN)/jupyter-book build . --path-output $(STAGE) -n -W --keep-going

site: $(VENV)/.book-installed _build/.site-code
	@$(BIN)/python -m lossbook.notebooks figures > _build/still.txt || { $(SAY_WHAT_STAYS); exit 1; }
	@test -e $(SUCCEEDED) || rm -rf $(STAGE)
	@rm -f $(SUCCEEDED)
	@echo "Building the site, every warning an error ..."
	@set -o pipefail; $(BUILD) 2>&1 | $(SHOW_PROGRESS) || { cat _build/build.log; \
		echo "See the warnings above (they are also in _build/build.log)." >&2; $(SAY_WHAT_STAYS); exit 1; }
	@rm -rf _build/next _build/last && cp -Rp $(STAGE)/_build/html _build/next
	@if [ -e $(SITE) ]; then mv $(SITE) _build/last; fi && mv _build/next $(SITE)
	@rm -rf _build/last && touch $(SUCCEEDED)

SAY_WHAT_STAYS = { echo "The site was not built."; \
	if [ -e $(SITE) ]; then echo "In $(SITE) is the last one that was."; fi; } >&2

# ---- The environment -----------------------------------------------------------------------------------------

$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || { \
		echo "Python 3.11 or newer is required, and no '$(PYTHON)' was found." \
			"Install it, or name another: make book PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is required; '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." \
			"Name a newer one: make book PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
		echo "Python's venv module with pip is required; $$($(PYTHON) -V) at $$(command -v $(PYTHON)) lacks it." \
			"On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Creating the environment in $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

PIP = $(BIN)/python -m pip --disable-pip-version-check install

# $(1): the lock file. The package at work is shown on one line in a terminal; elsewhere this just takes its time.
define install
	@echo "Installing $(1) ..."
	@set -o pipefail; $(PIP) -r $(1) | awk -v terminal="$$(test -t 2 && echo yes)" \
		'terminal && /^ *(Collecting|Downloading|Installing)/ { printf "\r\033[K  %.100s", $$0; fflush() } \
		END { if (terminal) printf "\r\033[K" }'
	@$(PIP) --quiet --no-build-isolation --no-deps -e .
	@touch $@
endef

$(VENV)/.book-installed: requirements/book.txt pyproject.toml | $(BIN)/python
	$(call install,requirements/book.txt)

$(VENV)/.test-installed: requirements/test.txt pyproject.toml $(VENV)/.book-installed
	$(call install,requirements/test.txt)

# Renew the lock files from pyproject.toml; UPGRADE=--upgrade takes the newest versions that fit. They are resolved
# for Python 3.11.0: Debian's 3.11 is an early one. torch is written without a build's suffix, and the GPU
# packages that it pins itself stay out: they are for Linux alone.
COMPILE = $$tools/bin/uv pip compile --quiet --python-version 3.11.0 --annotation-style line --no-header \
	--no-emit-index-url --no-emit-find-links --strip-extras $(UPGRADE) pyproject.toml
TIDY_LOCK = { echo "\# Exact versions of everything, written by 'make locks' for Python 3.11 and newer."; \
	sed -e 's/^\(torch==[0-9.]*\)+[a-z0-9]*/\1/' -e '/^nvidia-/d' -e '/^triton==/d' -e '/^cuda-/d' $$lock; } \
	> $$lock.new && mv $$lock.new $$lock

locks: $(BIN)/python ## Renew the lock files in requirements/ from pyproject.toml
	@echo "Resolving the versions; this takes about a minute ..."
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(BIN)/python -m venv "$$tools" \
		&& "$$tools"/bin/pip install --quiet uv \
		&& $(COMPILE) --extra book --output-file requirements/book.txt \
		&& $(COMPILE) --extra book --extra lab --extra test --extra course --constraint requirements/book.txt \
			--output-file requirements/test.txt
	@for lock in requirements/book.txt requirements/test.txt; do $(TIDY_LOCK); done
	@git --no-pager diff --stat requirements

# The lowest versions that pyproject.toml declares, in an environment of their own. torch alone is that of the
# lock file: its older builds, and those with a suffix, weigh gigabytes or are not to be had everywhere.
LOWEST = .lowest
LOWEST_LOCK = $(LOWEST)/versions.txt

lowest: $(BIN)/python ## Run the library's tests and chapter 15 with the lowest versions declared
	@echo "Installing the lowest versions in $(LOWEST); this takes some minutes ..."
	@$(BIN)/python -m venv --clear $(LOWEST)
	@$(LOWEST)/bin/pip install --quiet uv
	@grep '^torch==' requirements/test.txt > $(LOWEST)/torch.txt
	@tools=$(LOWEST) lock=$(LOWEST_LOCK); $(COMPILE) --resolution lowest-direct --override $(LOWEST)/torch.txt \
		--extra book --extra lab --extra test --extra course --output-file $$lock && $(TIDY_LOCK)
	@$(LOWEST)/bin/pip install --quiet -r $(LOWEST_LOCK)
	@$(LOWEST)/bin/pip install --quiet --no-build-isolation --no-deps -e .
	@$(LOWEST)/bin/python tests/run.py library
	@$(LOWEST)/bin/python -m pytest --quiet --nbval-lax --nbval-current-env chapters/15_huber.ipynb
