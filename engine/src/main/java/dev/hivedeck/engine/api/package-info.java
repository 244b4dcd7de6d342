/**
 * What all endpoints share: whose token it is, which web pages may connect, and what an attempt's
 * own token allows. What a command means is decided behind {@link
 * dev.hivedeck.engine.protocol.EngineApi}.
 */
package dev.hivedeck.engine.api;
