/**
 * Team figures: what the ledgers of changes, attempts and commands say of how a team works with its
 * agents. They are counted when somebody asks; of merged changes only those are read again of which
 * events have told since. Nobody is ranked.
 */
@NullMarked
package dev.hivedeck.engine.figure;

import org.jspecify.annotations.NullMarked;
