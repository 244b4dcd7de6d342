/** What {@code hive.yaml} says of GitHub. */
@NullMarked
package dev.hivedeck.engine.config.forge;

import org.jspecify.annotations.NullMarked;
