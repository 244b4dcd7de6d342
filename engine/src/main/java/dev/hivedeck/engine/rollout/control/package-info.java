/** What people and programs ask of rollouts, and have done with them. */
@NullMarked
package dev.hivedeck.engine.rollout.control;

import org.jspecify.annotations.NullMarked;
