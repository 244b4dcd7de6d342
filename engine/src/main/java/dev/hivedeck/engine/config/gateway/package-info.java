/** What {@code hive.yaml} says of the gateway. */
@NullMarked
package dev.hivedeck.engine.config.gateway;

import org.jspecify.annotations.NullMarked;
