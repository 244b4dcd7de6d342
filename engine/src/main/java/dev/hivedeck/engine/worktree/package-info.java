/**
 * Git, by its command line: worktrees, branches, diffs, merges, and the hidden refs under which
 * work is kept before anything could lose it. It never touches the user's own checkout, index,
 * stash or hooks, never removes a folder it did not make, and never deletes a branch that is not
 * merged.
 */
package dev.hivedeck.engine.worktree;
