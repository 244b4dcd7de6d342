/** What a line of code looks like: its colours, the words that differ, and where it moved to. */
package dev.hivedeck.ui.control.diff.code;
