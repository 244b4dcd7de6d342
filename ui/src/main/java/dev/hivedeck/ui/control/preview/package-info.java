/** The app of a change or an attempt, as it runs for a person to look at. */
package dev.hivedeck.ui.control.preview;
