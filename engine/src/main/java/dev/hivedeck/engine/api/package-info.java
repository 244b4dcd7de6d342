/**
 * The front door: the feed over WebSocket and the HTTP door, both on loopback, both with tokens. It
 * translates; what a command means is decided behind {@link dev.hivedeck.engine.protocol.Door}.
 */
package dev.hivedeck.engine.api;
