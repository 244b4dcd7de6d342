/** The traffic of services, as a rollout rules and counts it; who carries it is elsewhere. */
@NullMarked
package dev.hivedeck.engine.rollout.traffic;

import org.jspecify.annotations.NullMarked;
