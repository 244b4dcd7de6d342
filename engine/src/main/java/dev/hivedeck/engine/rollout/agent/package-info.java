/** Versions of agents: who of two gets a task, and what became of it. */
@NullMarked
package dev.hivedeck.engine.rollout.agent;

import org.jspecify.annotations.NullMarked;
