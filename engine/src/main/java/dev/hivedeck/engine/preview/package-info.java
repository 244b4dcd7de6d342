/** Apps of worktrees, run for people to look at. */
@NullMarked
package dev.hivedeck.engine.preview;

import org.jspecify.annotations.NullMarked;
