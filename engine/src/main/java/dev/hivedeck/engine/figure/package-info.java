/**
 * Team figures: what the ledgers of changes, attempts and commands say of how a team works with its
 * agents. They are counted in one pass when somebody asks; nothing is kept, and nobody is ranked.
 */
@NullMarked
package dev.hivedeck.engine.figure;

import org.jspecify.annotations.NullMarked;
