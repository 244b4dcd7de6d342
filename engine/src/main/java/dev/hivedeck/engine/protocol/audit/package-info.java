/** What clients hear of who did what; who writes it down is {@code security.audit}. */
@NullMarked
package dev.hivedeck.engine.protocol.audit;

import org.jspecify.annotations.NullMarked;
