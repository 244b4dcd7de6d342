/**
 * Rollouts in the protocol: a new version is exposed step by step, judged by evidence, and taken
 * back by itself when it is worse.
 */
@NullMarked
package dev.hivedeck.engine.protocol.rollout;

import org.jspecify.annotations.NullMarked;
