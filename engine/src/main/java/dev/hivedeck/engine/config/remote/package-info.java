/** What {@code hive.yaml} says of the remote that main follows. */
@NullMarked
package dev.hivedeck.engine.config.remote;

import org.jspecify.annotations.NullMarked;
