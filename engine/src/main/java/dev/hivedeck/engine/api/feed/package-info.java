/**
 * The feed: JSON-RPC 2.0 over WebSocket, with a bounded queue for each client. It translates; a
 * slow client never slows the engine or another client.
 */
package dev.hivedeck.engine.api.feed;
