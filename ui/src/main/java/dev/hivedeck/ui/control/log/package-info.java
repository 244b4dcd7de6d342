/**
 * The log of an attempt: a window of lines kept filled from the feed, with acts to open. It shows
 * what was told, and sends nothing.
 */
package dev.hivedeck.ui.control.log;
