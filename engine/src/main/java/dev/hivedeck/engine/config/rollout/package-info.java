/** What {@code hive.yaml} says of rollouts. */
@NullMarked
package dev.hivedeck.engine.config.rollout;

import org.jspecify.annotations.NullMarked;
