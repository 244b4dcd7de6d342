/**
 * Commands that change what the engine does: each sends one command of the protocol, and {@code
 * run} works the plan. They decide nothing themselves.
 */
package dev.hivedeck.app.cli.steer;
