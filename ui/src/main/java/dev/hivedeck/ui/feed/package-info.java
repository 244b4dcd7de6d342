/**
 * The far end of the engine's feed: connects, says hello, asks for a snapshot, resumes after a gap
 * and sends commands. It knows nothing of JavaFX, so the command line uses it as well.
 */
package dev.hivedeck.ui.feed;
