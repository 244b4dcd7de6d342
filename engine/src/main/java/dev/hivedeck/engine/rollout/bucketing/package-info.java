/**
 * Who gets which version: a key falls into a bucket, and versions share the buckets. Pure; who
 * serves the versions, and what a key is taken from, is said elsewhere.
 */
@NullMarked
package dev.hivedeck.engine.rollout.bucketing;

import org.jspecify.annotations.NullMarked;
