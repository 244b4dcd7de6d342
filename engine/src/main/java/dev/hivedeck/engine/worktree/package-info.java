/**
 * The folders that attempts work in, from their making to their removal, and the commits made of
 * what was left there. It reads what an agent left as hostile input, and removes no folder that it
 * did not make.
 */
package dev.hivedeck.engine.worktree;
