/** What clients hear of secrets: their names, never their values. */
package dev.hivedeck.engine.protocol.secret;
