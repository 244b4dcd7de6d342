/**
 * How an attempt is kept apart from the user's repository: a repository of its own that borrows
 * objects, or a git worktree. It decides where an agent works, never what it may do there.
 */
package dev.hivedeck.engine.worktree.isolation;
