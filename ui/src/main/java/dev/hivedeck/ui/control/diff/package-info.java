/**
 * Diffs: the tree of files, the lines of one, and comments on them. They show what they are given;
 * sending a comment is the screen's work.
 */
package dev.hivedeck.ui.control.diff;
