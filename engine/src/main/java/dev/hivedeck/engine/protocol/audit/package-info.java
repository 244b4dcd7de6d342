/** What clients hear of who did what; who writes it down is {@code security.audit}. */
package dev.hivedeck.engine.protocol.audit;
