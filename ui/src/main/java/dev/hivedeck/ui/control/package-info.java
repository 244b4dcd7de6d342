/**
 * Controls that more than one screen is built of: logs, graphs, bars, filters. Each shows what it
 * is given and says what the person did; none knows a screen or sends a command.
 */
package dev.hivedeck.ui.control;
