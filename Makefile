# The commands of this project. Needed: make and Python 3.11, 3.12 or 3.13 as $(PYTHON); the rest is installed into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= $(or $(STM_DATA_DIR),data)
export STM_DATA_DIR = $(DATA)
export DO_NOT_TRACK = 1

.DEFAULT_GOAL := help
.PHONY: help install run test faults lint ui clean

help: ## what can be done here 本页
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/installed.stamp ## the environment, as locked 安装

# The lock holds hashes for every package; the project itself is put in without looking for any.
$(VENV)/installed.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed, %s is %s" % (sys.executable, sys.version.split()[0]))'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: install ## demo deliveries if there are none, then all months to releases 运行
	@if [ -z "$$(ls -A "$(DATA)/landing" 2>/dev/null)" ]; then $(BIN)/stm demo; fi
	$(BIN)/stm run

test: install ## all tests but the long ones 测试
	$(BIN)/python -m pytest

faults: install ## the long fault tests: kills at many moments and the like 故障测试
	$(BIN)/python -m pytest -m faults tests/faults

lint: install ## ruff, layer arrows, dbt conventions, SQL style, dependencies 检查代码
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m orchestration.dbt_runner build/lint
	$(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml
	$(BIN)/sqlfluff lint dbt_project

ui: install ## Dagster's pages on this machine (http://127.0.0.1:3000) 界面
	$(BIN)/stm ui

clean: ## what can be made again; never data, state or releases 清理
	rm -rf build .pytest_cache .ruff_cache .hypothesis .import_linter_cache dbt_project/target dbt_project/logs
	rm -rf "$(DATA)/warehouse"
