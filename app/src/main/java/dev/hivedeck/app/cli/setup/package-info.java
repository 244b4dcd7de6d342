/**
 * Commands that set a workspace up: init, trust, config, serve, and the demo. They write {@code
 * hive.yaml} only as the person asked.
 */
package dev.hivedeck.app.cli.setup;
