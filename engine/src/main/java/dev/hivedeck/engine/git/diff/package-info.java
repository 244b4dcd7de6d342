/** What differs between two commits, and whose files those are. It only reads. */
package dev.hivedeck.engine.git.diff;
