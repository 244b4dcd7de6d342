/**
 * The types of events, an enum for each area, with the topic and the meaning of each. An area that
 * registers itself has its own elsewhere.
 */
@NullMarked
package dev.hivedeck.engine.protocol.event;

import org.jspecify.annotations.NullMarked;
