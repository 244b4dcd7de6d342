/** A canary beside stable: its steps, what is counted in them, and what follows from that. */
@NullMarked
package dev.hivedeck.engine.rollout.canary;

import org.jspecify.annotations.NullMarked;
