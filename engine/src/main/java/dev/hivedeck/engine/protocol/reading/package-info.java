/**
 * What clients hear of how far a person has read changes; who keeps it is {@code change.reading}.
 */
@NullMarked
package dev.hivedeck.engine.protocol.reading;

import org.jspecify.annotations.NullMarked;
