.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## Make .venv with what the service needs
	@scripts/setup

run: ## Set up, index the sample articles and serve the chat (PORT=8000)
	@scripts/run

test: ## Set up and run every test, the browser's included
	@scripts/test

lint: ## Style and type checks
	@scripts/lint

bench: ## Measure speed and size at 1,000 to 1,000,000 chunks
	@scripts/benchmark

clean: ## Remove .venv and the built index
	rm -rf .venv instance
