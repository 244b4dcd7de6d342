/** What {@code hive.yaml} says of tasks that come again and again. */
@NullMarked
package dev.hivedeck.engine.config.schedule;

import org.jspecify.annotations.NullMarked;
