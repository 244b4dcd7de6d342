/** What {@code hive.yaml} says of feature flags. */
@NullMarked
package dev.hivedeck.engine.config.flag;

import org.jspecify.annotations.NullMarked;
