module tasks.local/dev_server

go 1.26.4

require github.com/temporalio/cli v1.8.2

// The CLI keeps cliext as a nested, untagged module: this pseudo-version is the commit of v1.8.2.
replace github.com/temporalio/cli/cliext => github.com/temporalio/cli/cliext v0.0.0-20260731000218-c579925f193f
