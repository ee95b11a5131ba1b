# The commands of this project. Needed: make and Python 3.11, 3.12 or 3.13 as $(PYTHON); the rest is installed into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help install run test faults lint ui clean

help: ## what can be done here 本页
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/installed.stamp ## the environment, as locked 安装

# The lock holds hashes for every package; the project itself is put in without looking for any. Modules are compiled
# when they are first imported, which most never are.
$(VENV)/installed.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed, %s is %s" % (sys.executable, sys.version.split()[0]))'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: install ## demo deliveries if there are none, then all months to releases 运行
	$(BIN)/stm demo --if-empty
	$(BIN)/stm run

test: install ## all tests but the long ones 测试
	$(BIN)/python -m pytest

faults: install ## the long tests: many whole runs, kills at many moments 长测试
	$(BIN)/python -m pytest -m faults -n 1

lint: install ## ruff, sqlfluff, layer arrows, dbt conventions, dependencies 检查代码
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models
	$(BIN)/lint-imports
	$(BIN)/deptry .
	STM_WAREHOUSE=build/lint.duckdb STM_RAW_DIR=build STM_INTAKE_DIR=build $(BIN)/dbt --quiet parse \
		--project-dir dbt_project --profiles-dir dbt_project --target-path ../build/target --log-path build/dbt
	cd build && ../$(BIN)/dbt-bouncer run --preset strict
	cp dbt-bouncer.yml build && cd build && ../$(BIN)/dbt-bouncer run --only manifest_checks
	$(BIN)/dbt-score lint --manifest build/target/manifest.json --show failing-items

ui: install ## Dagster's pages on this machine (http://127.0.0.1:3000) 界面
	DAGSTER_HOME="$$($(BIN)/python -m orchestration.instance)" $(BIN)/dagster dev -w workspace.yaml

clean: ## what can be made again; never data 清理
	rm -rf build .pytest_cache .ruff_cache .hypothesis .import_linter_cache dbt_project/target dbt_project/logs
