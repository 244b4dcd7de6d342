/** What {@code hive.yaml} says of the folders that agents and gates work in. */
@NullMarked
package dev.hivedeck.engine.config.worktree;

import org.jspecify.annotations.NullMarked;
