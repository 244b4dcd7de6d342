/**
 * Who did what: each command that somebody sent is written down, by which entry point it came and
 * what became of it. It changes nothing else, and keeps no secret.
 */
package dev.hivedeck.engine.security.audit;
