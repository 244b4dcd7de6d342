/**
 * The small pieces that every screen is built of, and what stands in for one that failed. They know
 * no screen and no command.
 */
package dev.hivedeck.ui.shell.widget;
