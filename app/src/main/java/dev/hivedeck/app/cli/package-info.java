/**
 * What every command of the command line shares: options, output for people and programs, the way
 * to an engine. It knows no single command.
 */
package dev.hivedeck.app.cli;
