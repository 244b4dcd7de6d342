/** Folders of attempts as a person goes to them. */
package dev.hivedeck.app.cli.worktree;
