/**
 * How a rollout is judged by counts: what speaks for worse, how much, and how long it would take to
 * see it. Pure; what follows from a judgement is done elsewhere.
 */
@NullMarked
package dev.hivedeck.engine.rollout.analysis;

import org.jspecify.annotations.NullMarked;
