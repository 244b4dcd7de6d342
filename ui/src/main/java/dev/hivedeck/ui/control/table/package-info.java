/**
 * Tables that stay calm while their data moves, with filters, menus and the inspector beside them.
 * They show what they are given and know no screen.
 */
package dev.hivedeck.ui.control.table;
