/**
 * Rollouts: a new version is exposed step by step, judged by evidence, and taken back by itself.
 * Here is what is written down of them; what is done is in the packages below.
 */
@NullMarked
package dev.hivedeck.engine.rollout;

import org.jspecify.annotations.NullMarked;
