# Records: refusals, pages
