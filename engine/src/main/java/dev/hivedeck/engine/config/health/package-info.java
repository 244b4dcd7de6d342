/** What the health of changes is made of, as {@code hive.yaml} says. */
@NullMarked
package dev.hivedeck.engine.config.health;

import org.jspecify.annotations.NullMarked;
