//go:build tools

// Package dev_server pins Temporal's CLI, which contains the development server and the Web UI.
package dev_server

import _ "github.com/temporalio/cli/cmd/temporal"
