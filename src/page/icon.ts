/** The picture that a browser shows beside the title: a shield with a capital letter dropped into it. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/>
<path d="M9 7h8a9 9 0 0 1 0 18H9zm4 4v10h4a5 5 0 0 0 0-10z" fill="#fff" fill-rule="evenodd"/></svg>
`;
